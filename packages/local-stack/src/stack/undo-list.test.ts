import { describe, expect, it } from 'vitest';
import { createUndoList } from './undo-list.ts';

function failing(message: string): () => Promise<never> {
  return () => Promise.reject(new Error(message));
}

describe('undoing', () => {
  it('takes the steps from the last to the first, each after the one before has ended', async () => {
    const said: string[] = [];
    const undo = createUndoList();
    for (const name of ['claim', 'backbone', 'services'])
      undo.add(async () => {
        said.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        said.push(`${name} ends`);
      });
    await undo.run();
    expect(said).toEqual(['services begins', 'services ends', 'backbone begins', 'backbone ends', 'claim begins', 'claim ends']);
  });

  it('goes on after a step that fails, and then throws the first failure', async () => {
    const said: string[] = [];
    const undo = createUndoList();
    undo.add(async () => said.push('claim'));
    undo.add(failing('second'));
    undo.add(async () => said.push('backbone'));
    undo.add(failing('first'));
    await expect(undo.run()).rejects.toThrow('first');
    expect(said).toEqual(['backbone', 'claim']);
  });

  it('goes on after a step that throws instead of rejecting', async () => {
    const said: string[] = [];
    const undo = createUndoList();
    undo.add(async () => said.push('claim'));
    undo.add(() => {
      throw new Error('at once');
    });
    await expect(undo.run()).rejects.toThrow('at once');
    expect(said).toEqual(['claim']);
  });

  it('waits for what runs side by side with a step that fails', async () => {
    const said: string[] = [];
    const undo = createUndoList();
    undo.add(async () => said.push('claim'));
    undo.add(failing('issuer'), async () => {
      await new Promise((resolve) => setImmediate(resolve));
      said.push('backbone');
    });
    await expect(undo.run()).rejects.toThrow('issuer');
    expect(said).toEqual(['backbone', 'claim']);
  });

  it('is done once: whoever asks again waits for the same end', async () => {
    let runs = 0;
    const undo = createUndoList();
    undo.add(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      runs += 1;
    });
    void undo.run();
    await undo.run();
    expect(runs).toBe(1);
  });
});
