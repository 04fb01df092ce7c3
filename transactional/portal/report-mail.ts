import { createTransport } from 'nodemailer'

/** Tells an address that something lies in the inbox. `id`: of what lies there; the same notice has the same one. */
export type SendMail = (notice: { id: string; address: string }) => Promise<void>

const seconds = 1000

/** Notices say where to look and nothing else: no figure, no title, no name leaves the portal by e-mail. */
export const mailer = ({ smtp_url, from, inbox }: { smtp_url: string; from: string; inbox: string }): SendMail => {
  const timeouts = { connectionTimeout: 20 * seconds, greetingTimeout: 20 * seconds, socketTimeout: 60 * seconds }
  const url = new URL(smtp_url)
  for (const [name, value] of Object.entries(timeouts)) if (!url.searchParams.has(name)) url.searchParams.set(name, String(value))
  const transport = createTransport(url.href)
  return async ({ id, address }) => {
    await transport.sendMail({
      from,
      // as an object: nothing typed there becomes a second recipient
      to: { name: '', address },
      messageId: `<${id}@${from.split('@').at(-1)}>`,
      subject: 'SoJuS: Neues in Ihrem Postfach',
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
      text: [
        'Guten Tag,',
        'im Serviceportal SoJuS liegt ein Bericht oder eine Nachricht für Sie im Postfach:',
        inbox,
        'Aus Gründen des Datenschutzes enthält diese Nachricht keine Werte. Berichte abbestellen können Sie im Portal unter „Abonnements“.',
      ].join('\n\n'),
    })
  }
}
