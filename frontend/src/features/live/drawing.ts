/** What draws on canvases, apart from the rest: it is half of the app's size, and the page stands before it is there. */
export { HeatStrip } from '../../chart/heatStrip.ts'
export { LiveChart } from '../../chart/liveChart.ts'
export { Sparkline } from '../../chart/sparkline.ts'
