"""Stories: a clinic's own tests of its pathways, played on the pure core or on a real Temporal, with one timeline."""
