import js from '@eslint/js';
import ts from 'typescript-eslint';

/** Ways by which text could become markup or script: data is shown as text only (ROBUSTNESS C4). */
const sinks = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'dangerouslySetInnerHTML', 'srcdoc', 'createContextualFragment'];

export default ts.config(
  { ignores: ['node_modules', 'src/generated'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        ...sinks.flatMap((name) => [
          { selector: `MemberExpression[property.name='${name}']`, message: 'Text is shown by textContent or JSX only.' },
          { selector: `JSXAttribute[name.name='${name}']`, message: 'Text is shown by textContent or JSX only.' },
        ]),
      ],
      'no-eval': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['eslint.config.js'], ...ts.configs.disableTypeChecked },
);
