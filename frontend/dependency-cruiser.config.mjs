/**
 * The walls of the app. `wire` <- `transport`, `series`, `api`; `series` <- `chart`; those and `ui` <- `features` <- `app`.
 * A file under src may import its own folder, npm packages, and the folders listed here; tests may import what they test.
 */
const mayImport = {
  wire: [],
  transport: ['wire'],
  series: ['wire'],
  api: ['wire'],
  chart: ['wire', 'series'],
  ui: [],
  features: ['wire', 'transport', 'series', 'api', 'chart', 'ui'],
  app: ['wire', 'transport', 'series', 'api', 'chart', 'ui', 'features'],
}

const tests = '\\.(test|bench)\\.tsx?$|/testing/'

const walls = Object.entries(mayImport).map(([room, allowed]) => ({
  name: `${room}-imports-only-${allowed.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: tests },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/|\\.css$` },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...walls,
    {
      name: 'features-never-import-one-another',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/([^/]+)/', pathNot: '^src/features/$1/' },
    },
    {
      name: 'engine-knows-no-framework',
      severity: 'error',
      from: { path: '^src/(wire|transport|series|chart)/', pathNot: tests },
      to: { path: 'node_modules/(react|react-dom|zustand|@tanstack)/' },
    },
    {
      name: 'only-chart-knows-chart.js',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/chart/' },
      to: { path: 'node_modules/chart\\.js/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-barrel', severity: 'error', from: {}, to: { path: '^src/.*/index\\.tsx?$' } },
    {
      name: 'app-does-not-import-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'app-uses-no-dev-dependency',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/(vite|@types)/',
      },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.css$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.app.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.d.ts', '.css'],
    },
  },
}
