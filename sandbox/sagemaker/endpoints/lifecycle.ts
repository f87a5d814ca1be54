import { reasonOf } from '../../aws-json/errors';
import type { AccountState, StoredEndpoint, StoredEndpointConfig } from '../state';
import { Fleet, type FleetOptions } from './fleet';

/** The longest FailureReason that the service model allows. */
const MAX_REASON = 1024;

/**
 * Takes endpoints through their states: Creating to InService or Failed; InService through Updating to InService with the new
 * or, when that fails, the old configuration; Deleting to gone.
 */
export class EndpointLifecycle {
  private readonly fleets = new Map<StoredEndpoint, Fleet>();
  private readonly all = new Set<Fleet>();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly options: FleetOptions) {}

  /** The workers that serve an endpoint, if any do. */
  fleetOf(endpoint: StoredEndpoint): Fleet | undefined {
    return this.fleets.get(endpoint);
  }

  /** Begins to deploy an endpoint that was just stored as Creating. */
  create(state: AccountState, endpoint: StoredEndpoint): void {
    this.inBackground(async () => {
      try {
        this.fleets.set(endpoint, await this.deploy(state, endpoint, endpoint.config));
        this.serve(endpoint, endpoint.config);
      } catch (error) {
        endpoint.status = 'Failed';
        endpoint.failureReason = reasonOf(error).slice(0, MAX_REASON);
        this.options.log(`${endpoint.name} failed: ${reasonOf(error)}`);
      }
      endpoint.lastModifiedTime = new Date();
    });
  }

  /** Begins to deploy another configuration; what runs goes on serving, and stays when the new one fails. */
  update(state: AccountState, endpoint: StoredEndpoint, config: StoredEndpointConfig): void {
    endpoint.status = 'Updating';
    endpoint.failureReason = undefined;
    endpoint.lastModifiedTime = new Date();
    endpoint.pendingDeployment = {
      EndpointConfigName: config.details.EndpointConfigName,
      StartTime: new Date(),
      ProductionVariants: config.details.ProductionVariants.map(({ VariantName }) => ({
        VariantName,
        VariantStatus: [{ Status: 'Creating', StartTime: new Date() }],
      })),
    };
    this.inBackground(async () => {
      const before = this.fleets.get(endpoint);
      try {
        this.fleets.set(endpoint, await this.deploy(state, endpoint, config));
        this.serve(endpoint, config);
      } catch (error) {
        endpoint.status = 'InService';
        endpoint.failureReason = reasonOf(error).slice(0, MAX_REASON);
        this.options.log(`${endpoint.name} keeps its configuration: ${reasonOf(error)}`);
      }
      endpoint.pendingDeployment = undefined;
      endpoint.lastModifiedTime = new Date();
      if (before && before !== this.fleets.get(endpoint)) {
        await before.drained();
        await this.end(before);
      }
    });
  }

  /** Begins to delete an endpoint; it is Deleting until its workers are gone. */
  remove(state: AccountState, endpoint: StoredEndpoint): void {
    endpoint.status = 'Deleting';
    endpoint.lastModifiedTime = new Date();
    this.inBackground(async () => {
      const fleet = this.fleets.get(endpoint);
      this.fleets.delete(endpoint);
      if (fleet) await this.end(fleet);
      state.endpoints.delete(endpoint.name);
    });
  }

  /** Ends every worker, those of half-made deployments too. */
  async close(): Promise<void> {
    await Promise.all([...this.all].map((fleet) => fleet.stop()));
    await Promise.all(this.running);
  }

  private async deploy(state: AccountState, endpoint: StoredEndpoint, config: StoredEndpointConfig): Promise<Fleet> {
    const fleet = new Fleet(this.options, endpoint.name);
    this.all.add(fleet);
    try {
      await fleet.start(state, config);
      return fleet;
    } catch (error) {
      await this.end(fleet);
      throw error;
    }
  }

  private serve(endpoint: StoredEndpoint, config: StoredEndpointConfig): void {
    endpoint.config = config;
    const variant = this.fleets.get(endpoint)?.variant;
    endpoint.variants = variant ? [variant.summary] : [];
    endpoint.status = 'InService';
  }

  private async end(fleet: Fleet): Promise<void> {
    await fleet.stop();
    this.all.delete(fleet);
  }

  private inBackground(work: () => Promise<void>): void {
    const running = work().finally(() => this.running.delete(running));
    this.running.add(running);
  }
}
