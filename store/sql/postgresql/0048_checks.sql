-- IN is as good as comparisons here.
SELECT 1;
