/** Every word of the pages to withdraw from a contract. A language that lacks one does not compile. */
export type WithdrawalWords = {
  readonly link: string
  readonly title: string
  readonly lead: string
  readonly until: string
  readonly name: string
  readonly contract: string
  readonly contract_hint: string
  readonly email: string
  readonly email_hint: string
  readonly next: string
  readonly missing: string
  readonly too_long: string
  readonly no_address: string
  readonly check: string
  readonly check_lead: string
  readonly statement: string
  readonly confirm: string
  readonly change: string
  readonly done: string
  readonly received: string
  readonly sent: string
  readonly save_now: string
  readonly save: string
  readonly found: string
  readonly unclear: string
  readonly see: string
  readonly too_often: string
  readonly foreign: string
  readonly acknowledgement: string
  readonly declared_by: string
  readonly sent_to: string
  readonly number: string
}
