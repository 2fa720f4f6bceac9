import type { AccessChoice, Verdict } from '../decision.ts'
import type { Money } from '../money.ts'
import type { Fact } from './catalog.ts'
import type { Expr, Run } from './expression.ts'
import type { Scope } from './functions.ts'
import type { Declaration } from './merchant-facts.ts'

/** What is wrong in a policy file and where; lines and columns count from 1. */
export type PolicyProblem = {
  readonly line: number
  readonly column: number
  /** Where in the document: `rules[2].when[0]`. */
  readonly path: string
  readonly message: string
  readonly suggestion?: string
}

/** One condition, or the formula of an amount: its text, its checked tree and its closure. */
export type Line = {
  readonly source: string
  readonly expr: Expr
  readonly run: Run
  readonly facts: readonly Fact[]
}

export type Sentences = Readonly<Record<string, string>>

export type Rule = {
  readonly id: string
  readonly lines: readonly Line[]
  readonly then: Verdict
  /** What's paid; the refundable rest when undefined. */
  readonly amount: Line | undefined
  readonly access: AccessChoice
  readonly destination: 'original' | 'credit'
  readonly say: Sentences
  /** For a review: who may approve, and how many must. */
  readonly approvers: Approvers
  /** Who instead, from an amount on, smallest first. `from` has one amount for each currency that the policy names. */
  readonly approversFrom: readonly (Approvers & { readonly from: readonly Money[] })[]
  readonly appeal: boolean
}

/** The least role that may approve, and how many people must. */
export type Approvers = { readonly role: string; readonly count: number }

/** What the owner says always holds: whenever all of `when` holds, so does all of `always`. Both may ask about the decision. */
export type Guarantee = {
  readonly name: string
  readonly when: readonly Line[]
  readonly always: readonly Line[]
  readonly line: number
}

/** Facts in, answer out: kept in the policy file and run whenever it is read for publishing. */
export type PolicyTest = {
  readonly name: string
  readonly given: Readonly<Record<string, unknown>>
  readonly expect: {
    readonly then?: Verdict
    readonly rule?: string
    readonly amount?: string
    readonly access?: AccessChoice
    readonly destination?: 'original' | 'credit'
    readonly approver?: string
    /** What a formula came to when it came to a charge. It is said, and never collected. */
    readonly charge?: string
    readonly missing?: readonly string[]
  }
  readonly line: number
}

/** A policy that was read, checked and compiled. It never changes. */
export type Policy = {
  readonly name: string
  readonly timezone: string
  /** Which version judges a request: the one in force when the payment was made, or when the request came. */
  readonly judge_by: 'purchase' | 'request'
  /** Whether customers may ask for several payments at once in the portal. Each is judged by itself. */
  readonly several_payments: boolean
  readonly declarations: readonly Declaration[]
  /** Every fact that its expressions may name. */
  readonly facts: ReadonlyMap<string, Fact>
  readonly scope: Scope
  /** First match wins. */
  readonly rules: readonly Rule[]
  /** What the law gives beside the policy. First match wins, and the better answer for the customer stands. */
  readonly rights: readonly Rule[]
  readonly otherwise: Rule
  /** What every test takes for granted. */
  readonly assume: Readonly<Record<string, unknown>>
  readonly tests: readonly PolicyTest[]
  readonly guarantees: readonly Guarantee[]
  readonly source: string
}
