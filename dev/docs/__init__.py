"""Makes what `docs/` holds beyond prose: tables read from the code, and pictures of the running house."""
