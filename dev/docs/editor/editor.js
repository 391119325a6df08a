// The page of the editor pictures: Monaco, YAML, and the schema that `carepath schema` prints. Nothing else is ours.
import * as monaco from 'monaco-editor/esm/vs/editor/editor.main.js'
import { configureMonacoYaml } from 'monaco-yaml'

self.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(label === 'yaml' ? 'yaml.worker.js' : 'editor.worker.js'),
}

const schema = await (await fetch('pathway.schema.json')).json()
configureMonacoYaml(monaco, {
  schemas: [{ fileMatch: ['**/pathways/*.yaml'], schema, uri: 'https://example.org/pathway.schema.json' }],
})

// The script that takes the pictures opens the files and types; it reaches the editor by this name.
window.open_file = (name, text) => {
  const model = monaco.editor.createModel(text, 'yaml', monaco.Uri.parse(`file:///${name}`))
  window.editor = monaco.editor.create(document.getElementById('editor'), {
    model,
    automaticLayout: true,
    fontSize: 15,
    minimap: { enabled: false },
    scrollBeyondLastLine: true,
    renderLineHighlight: 'none',
    overviewRulerLanes: 0,
    stickyScroll: { enabled: false },
    occurrencesHighlight: 'off',
    scrollbar: { vertical: 'hidden', horizontal: 'hidden' },
    hover: { above: false },
    // Widgets may be as large as they need to be read.
    fixedOverflowWidgets: true,
    suggest: { showStatusBar: false, preview: false },
    wordBasedSuggestions: 'off',
    // Only what is asked for: a list that opens by itself while a script types would come at any time.
    quickSuggestions: false,
    suggestOnTriggerCharacters: false,
  })
  window.markers = () => monaco.editor.getModelMarkers({ resource: model.uri })
}
window.ready = true
