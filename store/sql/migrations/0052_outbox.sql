-- CHECKs are read once here.
SELECT 1;
