import { type RotationEffects, rotate, STEPS } from '../../lambda/rotate/rotate';
import type { SecretVersion, Stage } from '../../lambda/shared/webhook-secret/secret-versions';
import { type Keyring, openKeyring } from '../../lambda/webhook/keyring';

interface Version {
  readonly createdAt: number;
  value?: string;
}

/** Where something breaks: at this effect, counted from 0, before it happens or when it has happened. */
export interface Break {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** Secrets Manager's stages of one secret, a registry that signs with what it was last given, and a receiver. */
export class RotationWorld implements RotationEffects {
  now = 1_000_000;
  readonly versions = new Map<string, Version>([['v0', { createdAt: 0, value: 'generated' }]]);
  readonly labels = new Map<Stage, string>([['AWSCURRENT', 'v0']]);
  readonly uses = new Map<string, number>();
  /** What the registry signs with; undefined where it has no webhook. */
  registryHas: string | undefined = 'generated';
  registryIsAway = false;
  testAnswer: number | undefined = 200;
  break: Break | undefined;
  effects = 0;
  /** A receiver that was there from the beginning. */
  readonly receiver: Keyring = this.newReceiver();

  newReceiver(): Keyring {
    return openKeyring({
      at: async (stage) => this.at(stage),
      current: async () => this.at('AWSCURRENT') as SecretVersion,
      since: async (id) => this.uses.get(id),
      now: () => this.now,
    });
  }

  at(stage: Stage): SecretVersion | undefined {
    return this.read(this.labels.get(stage) ?? '');
  }

  newest(): string {
    return (this.at('AWSPENDING') ?? this.at('AWSCURRENT'))?.value ?? '';
  }

  /** Whether a receiver takes what is signed with a secret. */
  async takes(secret: string | undefined, by: Keyring = this.receiver): Promise<boolean> {
    return (await by.current()) === secret || (await by.all()).some((one) => one === secret);
  }

  /** Does what RotateSecret does, with as many attempts as are needed. */
  async rotateTo(versionId: string, attempts = 1): Promise<void> {
    if (!this.versions.has(versionId)) {
      this.versions.set(versionId, { createdAt: this.now });
      this.labels.set('AWSPENDING', versionId);
    }
    for (let attempt = 1; ; attempt++) {
      try {
        for (const step of STEPS) {
          await rotate(step, versionId, this);
        }
        return;
      } catch (error) {
        if (attempt === attempts) {
          throw error;
        }
      }
    }
  }

  stagesOf = (versionId: string) =>
    this.effect(() => {
      const stages = [...this.labels].filter(([, id]) => id === versionId).map(([stage]) => stage);
      return this.versions.has(versionId) && stages.length > 0 ? stages : undefined;
    });
  version = (versionId: string) => this.effect(() => this.read(versionId));
  current = () => this.effect(() => this.at('AWSCURRENT') as SecretVersion);
  putPending = (versionId: string, value: string) =>
    this.effect(() => {
      const { value: before, createdAt = this.now } = this.versions.get(versionId) ?? {};
      if (before !== undefined && before !== value) {
        throw new Error('ResourceExistsException');
      }
      this.versions.set(versionId, { createdAt, value });
      this.labels.set('AWSPENDING', versionId);
    });
  wait = (seconds: number) =>
    this.effect(() => {
      this.now += seconds;
    });
  renewWebhooks = (secret: string) =>
    this.effect(() => {
      if (this.registryIsAway) {
        throw new Error('registry cannot be reached');
      }
      this.registryHas = this.registryHas === undefined ? undefined : secret;
    });
  tryWebhook = () => this.effect(() => this.testAnswer);
  recordUse = (versionId: string) =>
    this.effect(() => {
      this.uses.set(versionId, this.now);
    });
  promote = (versionId: string, from: string) =>
    this.effect(() => {
      if (this.labels.get('AWSCURRENT') !== from) {
        throw new Error('InvalidParameterException');
      }
      this.labels.set('AWSCURRENT', versionId);
      this.labels.set('AWSPREVIOUS', from);
    });
  unlabel = (versionId: string) =>
    this.effect(() => {
      if (this.labels.get('AWSPENDING') !== versionId) {
        throw new Error('InvalidParameterException');
      }
      this.labels.delete('AWSPENDING');
    });

  private read(id: string): SecretVersion | undefined {
    const { value, createdAt = 0 } = this.versions.get(id) ?? {};
    return value === undefined ? undefined : { id, value, createdAt };
  }

  /** After each effect deliveries come, to a receiver that was there before and to a new one. Only waiting takes time. */
  private async effect<T>(act: () => T): Promise<T> {
    const broken = this.effects++ === this.break?.at ? this.break.when : undefined;
    if (broken === 'before') {
      throw new Error('crashed');
    }
    const result = act();
    for (const receiver of [this.receiver, this.newReceiver()]) {
      if (this.registryHas !== undefined && !(await this.takes(this.registryHas, receiver))) {
        throw new Error(`a delivery was dropped at effect ${this.effects}`);
      }
    }
    if (broken === 'after') {
      throw new Error('crashed');
    }
    return result;
  }
}
