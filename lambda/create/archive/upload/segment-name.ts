/** In the keys of the pieces that an archive of very many parts is made of; they go when it stands. */
export const SEGMENT = '.segment-';
