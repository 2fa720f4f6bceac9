/** @jsxImportSource preact */

// Drawn on a grid of 24, stroked in the colour of the text beside it.
const shapes = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5',
  cross: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  sent: 'M4 12h15M13 6l6 6-6 6',
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  alert: 'M12 8v5M12 16.5v.5M12 3.5l9.5 16.5h-19z',
  undo: 'M4 9h10a5.5 5.5 0 0 1 0 11H8M8 5L4 9l4 4',
  receipt: 'M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9 8.5h6M9 12.5h6',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9.5h-13z',
  clip: 'M8 12.5l6.5-6.5a3.2 3.2 0 0 1 4.5 4.5L10.5 19a5 5 0 0 1-7-7L11 4.5',
  bank: 'M4 9.5l8-5 8 5zM6 10v7M10 10v7M14 10v7M18 10v7M4 20h16',
} as const

export type Shape = keyof typeof shapes

/** A mark beside a word that says the same, so it is silent for screen readers. */
export function Icon({ shape }: { shape: Shape }) {
  return (
    <svg
      class={`icon ${shape === 'back' || shape === 'forward' || shape === 'sent' ? 'directed' : ''}`}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <path d={shapes[shape]} />
    </svg>
  )
}
