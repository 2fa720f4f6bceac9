/** @jsxImportSource preact */
import { render } from 'preact'
import { App } from './App.tsx'
import { listenToHost } from './frame.ts'
import { speak } from './language.ts'
import './portal.css'

const root = document.getElementById('app')!

await speak(document.documentElement.lang)
// The server has drawn the page's outline, so that something stands there while the script is on its way.
root.replaceChildren()
render(<App />, root)
listenToHost()
