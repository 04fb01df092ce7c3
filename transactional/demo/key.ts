/** SQL of a key made of a text, the same each time, and shaped like a random one (RFC 9562): requests and answers take no others. */
export const keyOf = (text: string) => `overlay(overlay(md5(${text}) placing '4' from 13) placing '8' from 17)::uuid`
