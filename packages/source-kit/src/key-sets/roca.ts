// Primes for which the powers of 65537 are a proper subset of the residues. A modulus of the faulty generator of CVE-2017-15361
// is such a power modulo every one of them; any other modulus practically never is.
const PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157] as const;

const residues = PRIMES.map((prime) => ({ prime: BigInt(prime), powers: powersOf(65_537 % prime, prime) }));

/** Whether an RSA modulus has the mark of keys that can be factored (CVE-2017-15361). */
export function isRocaModulus(modulus: bigint): boolean {
  return residues.every(({ prime, powers }) => powers.has(Number(modulus % prime)));
}

function powersOf(base: number, prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * base) % prime) powers.add(power);
  return powers;
}
