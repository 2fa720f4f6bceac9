import type { Language } from '../../domain/languages.ts'

/** What only pages without a script say. */
export const pageWords: Readonly<Record<Language, { readonly noscript: string }>> = {
  en: { noscript: 'This page needs JavaScript. Switch it on and load the page again.' },
  de: { noscript: 'Diese Seite braucht JavaScript. Schalten Sie es ein und laden Sie die Seite neu.' },
  fr: { noscript: 'Cette page nécessite JavaScript. Veuillez l’activer et recharger la page.' },
  es: { noscript: 'Esta página necesita JavaScript. Actívelo y vuelva a cargarla.' },
  pt: { noscript: 'Esta página precisa de JavaScript. Ative-o e volte a carregar a página.' },
  it: { noscript: 'Questa pagina richiede JavaScript. Lo attivi e ricarichi la pagina.' },
  nl: { noscript: 'Deze pagina heeft JavaScript nodig. Zet het aan en laad de pagina opnieuw.' },
  pl: { noscript: 'Ta strona wymaga JavaScriptu. Prosimy go włączyć i odświeżyć stronę.' },
  ja: { noscript: 'このページにはJavaScriptが必要です。有効にしてから、再度読み込んでください。' },
  ar: { noscript: 'تحتاج هذه الصفحة إلى JavaScript. يُرجى تفعيله ثم إعادة تحميل الصفحة.' },
}
