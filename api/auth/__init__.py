"""Bearer tokens of any configured OpenID issuer, our own small one among them."""
