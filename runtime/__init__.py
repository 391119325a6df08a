"""Settings, clock, telemetry, crypto, the Temporal client: what every process needs, whatever it does."""
