-- Its indexes are as they were: before there are statistics it would take the smaller ones where others fit better.
SELECT 1;
