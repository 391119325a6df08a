"""Stories on a real Temporal: real workflows and workers, a clock that stands, and a world that is the story's."""
