/**
 * Writes customers.csv: made-up customers of a software service and whether they left, with reasons planted in them that a model
 * should find (README.md lists them). Deterministic: `node generate.ts` gives the committed file again.
 */
import { writeFileSync } from 'node:fs';
import { Random } from '@gradus/base';

const CUSTOMERS = 2000;
const DAY = 86_400_000;
const END = Date.UTC(2026, 5, 30);
const PLANS = ['monthly', 'yearly', 'team'] as const;
const COUNTRIES = ['Germany', 'France', 'China', 'Brazil', 'India'] as const;
const PRICES = { monthly: 19, yearly: 15, team: 49 } as const;
/** Of cells that may be unknown. */
const UNKNOWN = 0.04;

export const COLUMNS = [
  'customer',
  'signed_up',
  'plan',
  'country',
  'seats',
  'logins_last_month',
  'tickets_last_quarter',
  'price_per_month',
  'payment_failed',
  'exit_survey_sent',
  'left',
] as const;

/** How likely a customer is to leave, as a logit. */
function leaving(
  plan: (typeof PLANS)[number],
  months: number,
  logins: number,
  tickets: number,
  failed: boolean,
): number {
  return (
    -1.7 +
    (plan === 'monthly' ? 0.9 : plan === 'team' ? -0.7 : 0) +
    (months < 4 ? 1.2 : months > 30 ? -0.8 : 0) +
    (logins < 4 ? 1.6 : logins > 20 ? -0.9 : 0) +
    // Many tickets drive away those only who hardly use the product.
    (tickets >= 2 ? (logins < 12 ? 2.4 : -1.2) : 0) +
    (failed ? 1.1 : 0)
  );
}

export function customersCsv(seed = 11): string {
  const random = new Random(seed);
  const lines = [COLUMNS.join(',')];
  for (let i = 0; i < CUSTOMERS; i++) {
    const plan = PLANS[random.below(10) < 5 ? 0 : random.below(2) + 1]!;
    const country = COUNTRIES[random.below(COUNTRIES.length)]!;
    const months = Math.floor(-Math.log(1 - random.uniform()) * 14);
    const seats = plan === 'team' ? 3 + random.below(30) : 1;
    const logins = Math.max(0, Math.round(12 + 9 * random.normal()));
    const tickets = Math.max(0, Math.floor(-Math.log(1 - random.uniform()) * 1.4));
    const failed = random.uniform() < 0.09;
    const left = random.uniform() < 1 / (1 + Math.exp(-leaving(plan, months, logins, tickets, failed)));
    const signedUp = new Date(END - months * 30 * DAY - random.below(30) * DAY).toISOString().slice(0, 10);
    const known = (value: string | number) => (random.uniform() < UNKNOWN ? '' : String(value));
    lines.push(
      [
        `C${10_000 + i}`,
        signedUp,
        plan,
        known(country),
        seats,
        known(logins),
        tickets,
        (PRICES[plan] * seats).toFixed(2),
        failed ? 'yes' : 'no',
        // Written down after the customer has left: no use to those who want to know before.
        left && random.uniform() < 0.9 ? 'yes' : 'no',
        left ? 'yes' : 'no',
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

if (import.meta.main) writeFileSync(new URL('customers.csv', import.meta.url), customersCsv());
