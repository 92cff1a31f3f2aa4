"""chitty-action: registers, verifies and watches ChittyOS services from GitHub Actions."""
