/**
 * Does something at once and then again and again, each time so long after it was done, until it is stopped. What fails is told and tried
 * again the next time; `stop` waits for what is being done.
 */
export const repeat = (work: () => Promise<void>, { every_ms, failed }: { every_ms: number; failed: (error: unknown) => void }) => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const round = async () => {
    try {
      await work()
    } catch (error) {
      failed(error)
    }
    if (!stopped) timer = setTimeout(() => (running = round()), every_ms)
  }
  let running = round()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
