/** What a token must say for one source entry. Data only, so that one reading shows whom a source trusts. */
export interface BearerRule {
  /** OpenID metadata of the issuer; its key set is the only one that is used. */
  readonly metadataUrl: string;
  /** Exact values of `iss`; `{tid}` is replaced by the token's own tenant, as in `https://sts.windows.net/{tid}/`. */
  readonly issuers: readonly string[];
  /** Exact value of `aud`. */
  readonly audience: string;
  /** What `tid` must be: `any` ignores it; `required` needs one and, where tenants are listed, one of them. */
  readonly tenant: 'any' | 'required';
  /** Admitted tenants, in any letter case; empty admits every tenant. */
  readonly tenants: readonly string[];
  /** Claims that must be there with this text. */
  readonly claims?: readonly RequiredClaim[];
}

export interface RequiredClaim {
  readonly name: string;
  readonly value: string;
  /** Compare without regard to letter case. */
  readonly ignoreCase?: boolean;
}
