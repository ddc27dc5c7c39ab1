"""Authentication: token-based (OAuth 1.0a), OAuth 2.0 and OpenID Connect."""
