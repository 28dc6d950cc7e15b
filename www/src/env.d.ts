// Parts of the platform that the DOM library of the compiler does not describe yet.

interface TrustedPolicy {
  createScriptURL(url: string): unknown;
}

interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): TrustedPolicy;
}

declare var trustedTypes: TrustedTypesFactory | undefined;
