import { keepInTab, readInTab } from './tab-storage.ts'
import { endVisit, framed } from './visit.ts'

const mark = 'was-in'

/** Coming in without a link: whether it is offered, and whether this tab was in before. */
export const signIn = {
  /** Whether the server sends links by e-mail. */
  offered: document.querySelector('meta[name="mail"]') !== null && !framed,
  wasIn: (): boolean => readInTab(mark) === 'yes',
  remember: (): void => keepInTab(mark, 'yes'),
  leave: (): void => {
    keepInTab(mark, null)
    endVisit()
  },
}
