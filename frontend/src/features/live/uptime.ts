/** How long a machine is up, to the second, in a form whose width hardly changes: `12 d 04:32:07`, `04:32:07`. */
export function formatUptime(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  const whole = Math.floor(seconds)
  const clock = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  const days = Math.floor(whole / 86_400)
  return days > 0 ? `${days} d ${clock}` : clock
}
