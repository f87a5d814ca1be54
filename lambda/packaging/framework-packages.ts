import { printable } from '../shared/printable';
import type { Framework, FrameworkImage } from './framework-images';
import { packageOf, parseRequirementLine } from './requirement-line';
import type { Requirements } from './requirements';
import { satisfies } from './satisfies';

/** The scripts read requests without it. The condition `modules` covers models that may import it. */
const MLFLOW = ['mlflow', 'mlflow-skinny', 'mlflow-tracing'];
/** Conditions of their own cover these. XGBoost's files hold nothing of scikit-learn, whose interface its classes have. */
const COVERED: Readonly<Record<Framework, readonly string[]>> = {
  sklearn: [...MLFLOW, 'scikit-learn', 'pandas'],
  xgboost: [...MLFLOW, 'xgboost', 'scikit-learn', 'pandas'],
  tensorflow: [],
};
const BY_MAJOR = ['numpy', 'pyarrow', 'scipy'];
const SHOWN_MAX = 3;

/** Which required packages AWS's image lacks, as a clause for people: nothing is installed when a container starts. */
export function missingPackages(
  framework: Framework,
  { packages, constraints }: Pick<Requirements, 'packages' | 'constraints'>,
  image: FrameworkImage,
): string | undefined {
  const has = (line: string) => satisfies(line, image.pins, image.python) === 'satisfied' || hasMajor(line, image);
  const counts = (line: string) => !COVERED[framework].includes(packageOf(line));
  const unmet = [
    ...packages.filter((line) => counts(line) && !has(line)),
    // A constraint asks for no package, but for a version of it.
    ...constraints.filter((line) => counts(line) && image.pins[packageOf(line)] !== undefined && !has(line)),
  ];
  const shown = unmet.slice(0, SHOWN_MAX).map((line) => printable(line, 50));
  const more = unmet.length > SHOWN_MAX ? ` and ${unmet.length - SHOWN_MAX} more` : '';
  return unmet.length === 0 ? undefined : `it needs ${shown.join(', ')}${more}, and AWS's image has other packages`;
}

function hasMajor(line: string, image: FrameworkImage): boolean {
  const name = packageOf(line);
  return BY_MAJOR.includes(name) && sameMajor(pinOf([line], name) ?? '', image.pins[name]);
}

/** The one version that a package is pinned to, on every system; undefined if the lines do not say. */
export function pinOf(lines: readonly string[], name: string): string | undefined {
  const [only, ...others] = lines.filter((line) => packageOf(line) === name).map(parseRequirementLine);
  const pinned =
    only?.marker === undefined && only?.url === undefined ? /^==([\d.]+)$/.exec(only?.version ?? '') : null;
  return others.length === 0 ? pinned?.[1] : undefined;
}

/** Whether a version has the major version of an image's package. */
export function sameMajor(version: string, pin: string | undefined): boolean {
  const major = /^\d+(?=\.)/.exec(version)?.[0];
  return major !== undefined && pin?.split('.')[0] === major;
}
