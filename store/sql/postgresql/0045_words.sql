-- Words stand in the rows themselves: there are no lists of their beginnings.
DO $$ BEGIN END $$;
