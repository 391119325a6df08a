"""Our own small OpenID issuer, for clinics without one: patients by phone and code, staff by password and TOTP."""
