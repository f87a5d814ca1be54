import { EnvironmentBuilds } from '../../environments/environment-builds';
import { requireEnv } from '../env';
import { Claims } from '../store/claims';
import { Deployments } from '../store/deployments';
import { Enrolments } from '../store/enrolments';
import { Ledger } from '../store/ledger';
import { openTable } from '../store/table';
import { once } from './once';

const table = once(() => openTable(requireEnv('TABLE_NAME')));

export const claims = once(() => new Claims(table()));
export const enrolments = once(() => new Enrolments(table()));
export const deployments = once(() => new Deployments(table()));
export const ledger = once(() => new Ledger(table()));
export const environmentBuilds = once(() => new EnvironmentBuilds(table()));
