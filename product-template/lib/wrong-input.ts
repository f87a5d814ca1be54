/** Something that people wrote or left out is wrong: the message says all there is to know, without a stack trace. */
export class WrongInput extends Error {
  override readonly name = 'WrongInput';
}
