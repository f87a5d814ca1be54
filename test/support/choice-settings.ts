import type { ChoiceSettings } from '../../lambda/packaging/choice';

/** What an installation decides that has set nothing. */
export function choiceSettings(over: Partial<ChoiceSettings> = {}): ChoiceSettings {
  return {
    region: 'us-east-1',
    overrides: {},
    environmentImages: 'automatic',
    rules: { indexes: [], sources: false },
    ...over,
  };
}
