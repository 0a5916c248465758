"""deploy/ and the operating guide, tried."""
