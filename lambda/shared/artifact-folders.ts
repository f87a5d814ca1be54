/** Folder of the artifact bucket with a folder for each package group: its archives and copies. */
export const MODEL_FILES = 'models';
/** Folder of the artifact bucket with the lists of the models that a sync of all has to sync. */
export const SYNC_FILES = 'syncs';
/** Folder of the artifact bucket with a folder for each environment: what its image is built of, and what came of the build. */
export const ENVIRONMENT_FILES = 'environments';
