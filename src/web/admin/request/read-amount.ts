import { decimals, format, money, step } from '../../../domain/money.ts'

type Typed = { ok: true; minor: number } | { ok: false; because: string }

/**
 * Reads an amount as people type it: "49", "49.00", "1.234,56", "1,234.56", "€ 49,00". Refuses what could mean two things
 * ("1,234" in euros), what the currency can't pay, and what is not between the smallest amount and what is left.
 */
export function readAmount(text: string, currency: string, left_minor: number): Typed {
  const digits = decimals(currency)
  const plain = text.replaceAll(/[\s\u00a0\u202f']/g, '').replace(/^[^\d.,-]{1,4}|[^\d.,]{1,4}$/g, '')
  if (plain === '') return { ok: false, because: 'Type an amount.' }
  if (!/^\d[\d.,]*$/.test(plain)) return { ok: false, because: `“${text}” is not an amount.` }
  const last = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','))
  const tail = last < 0 ? '' : plain.slice(last + 1)
  const marks = plain.replaceAll(/\d/g, '')
  if (marks.length === 1 && tail.length === 3 && digits !== 3) {
    const whole = plain.replace(/[.,]/, '')
    return {
      ok: false,
      because: `“${text}” can mean two amounts. Type ${whole}${digits ? '.00' : ''} or ${plain.slice(0, last)}.${tail.slice(0, digits || undefined)}.`,
    }
  }
  const isDecimal =
    last >= 0 &&
    tail.length > 0 &&
    tail.length <= Math.max(digits, 0) &&
    [...marks].filter((mark) => mark === plain[last]).length === 1
  const whole = isDecimal ? plain.slice(0, last) : plain
  if (!/^(\d+|\d{1,3}([.,]\d{3})+)$/.test(whole))
    return { ok: false, because: `“${text}” is not an amount in ${currency.toUpperCase()}.` }
  const minor = Number(whole.replaceAll(/[.,]/g, '') + (isDecimal ? tail : '').padEnd(digits, '0'))
  if (minor < 1) return { ok: false, because: 'The smallest refund is above zero.' }
  if (minor % step(currency) !== 0)
    return {
      ok: false,
      because: `Stripe pays ${currency.toUpperCase()} in steps of ${format(money(step(currency), currency))}.`,
    }
  if (minor > left_minor)
    return { ok: false, because: `Only ${format(money(left_minor, currency))} is left to refund.` }
  return { ok: true, minor }
}
