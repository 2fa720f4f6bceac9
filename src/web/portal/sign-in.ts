import { endVisit } from './visit.ts'

const mark = 'was-in'

/** Coming in without a link: whether it is offered, and whether this tab was in before. */
export const signIn = {
  /** Whether the server sends links by e-mail. */
  offered: document.querySelector('meta[name="mail"]') !== null,
  wasIn: (): boolean => read() === 'yes',
  remember: (): void => write('yes'),
  leave: (): void => {
    write('no')
    endVisit()
  },
}

function read(): string | null {
  try {
    return sessionStorage.getItem(mark)
  } catch {
    return null
  }
}

function write(value: string): void {
  try {
    sessionStorage.setItem(mark, value)
  } catch {
    /* Switched off: then the end of a visit looks like its beginning. */
  }
}
