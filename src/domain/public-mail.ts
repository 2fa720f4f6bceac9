/**
 * Mail providers at which anybody gets an address, so that sharing one says nothing. National branches (`yahoo.fr`, `live.nl`)
 * are recognised by their first part; the domains that stand in examples (RFC 2606) are nobody's. A domain that is missing here only makes a link that says little.
 */
const providers = new Set(
  `126.com 139.com 163.com 188.com 263.net aim.com alice.it aol.com arcor.de att.net bell.net bellsouth.net bigpond.com bluewin.ch
bol.com.br btinternet.com cegetel.net centrum.cz charter.net comcast.net cox.net daum.net docomo.ne.jp duck.com earthlink.net
email.com email.cz email.it eircom.net ezweb.ne.jp fastmail.com fastmail.fm foxmail.com free.fr freenet.de frontier.com
gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net googlemail.com hanmail.net hey.com home.nl hushmail.com i.softbank.jp
icloud.com ig.com.br inbox.lv inbox.ru interia.pl juno.com kpnmail.nl laposte.net libero.it list.ru live.com mac.com mail.com
mail.de mail.ru mailbox.org mailfence.com me.com msn.com mweb.co.za nate.com naver.com neuf.fr ntlworld.com nubes.pt o2.co.uk
o2.pl online.de onet.pl op.pl optonline.net optusnet.com.au orange.fr outlook.com pm.me poczta.onet.pl posteo.de
proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com sapo.pt sbcglobal.net
seznam.cz sfr.fr shaw.ca simplelogin.com sina.cn sina.com skynet.be sky.com sohu.com start.ca sympatico.ca t-online.de
talktalk.net telenet.be telus.net terra.com.br terra.es tim.it tiscali.it tlen.pl tuta.com tuta.io tutanota.com
tutanota.de tvcablenet.be ukr.net uol.com.br verizon.net videotron.ca virgilio.it virginmedia.com vodafone.it voila.fr
wanadoo.fr web.de windowslive.com wp.pl xs4all.nl xtra.co.nz ya.ru yandex.com yandex.ru yeah.net ymail.com ziggo.nl zoho.com
example.com example.net example.org privaterelay.appleid.com relay.firefox.com mozmail.com users.noreply.github.com`.split(
    /\s+/,
  ),
)
const families = /^(yahoo|hotmail|live|outlook|yandex|gmx)\.(com?\.)?[a-z]{2,3}$/

/** The part after the `@`, in lower case, where it says something about whom an address belongs to; else undefined. */
export function ownDomain(email: string | null | undefined): string | undefined {
  const domain = /^[^@\s]+@([^@\s]+\.[^@\s]+)$/.exec(email?.trim().toLowerCase() ?? '')?.[1]
  return domain === undefined || providers.has(domain) || families.test(domain) ? undefined : domain
}
