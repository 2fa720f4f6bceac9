const halfAnId = /\b(pay|rr|rf|dec|exc|msg|key|acc|aud|leg)_[0-9a-f]{0,31}$/

/** So much of a text; an id of ours that is cut through goes, because ids are random and a trace is the same each time. */
export const cut = (text: string, length: number): string =>
  text.length <= length ? text : text.slice(0, length).replace(halfAnId, '$1_…')
