import { expect, it } from 'vitest';
import { readMembers } from '../members.ts';
import { takeMentions } from './mentions.ts';

const mention = (name: string, text: string) => ({ type: 'mention', mentioned: { id: name, name }, text });

it('takes mentions whose text occurs in the message as they are', () => {
  const activity = readMembers({ entities: [mention('bot', '<at>bot</at>'), mention('Bo', '<at>Bo</at>')] });
  expect(takeMentions(activity, '<at>bot</at> hello <at>Bo</at>').map((taken) => taken.text)).toEqual(['<at>bot</at>', '<at>Bo</at>']);
  expect(activity.rest()).toEqual({});
});

it('falls back to the first tag of the message for the first mention alone, and keeps the text as sent', () => {
  const activity = readMembers({ entities: [mention('New', '<at>New</at>'), mention('Bo', '<at>@Bo</at>')] });
  const message = '<at id="0">Old</at> hello <at>Bo</at>';
  const mentions = takeMentions(activity, message);
  expect(mentions.map((taken) => taken.text)).toEqual(['<at id="0">Old</at>', '<at>@Bo</at>']);
  expect(message.replace(mentions[0]?.text ?? '', '').trim()).toBe('hello <at>Bo</at>');
  expect(activity.rest()).toEqual({ entities: [{ text: '<at>New</at>' }] });
});

it('keeps the text as sent where the message has no tag', () => {
  expect(takeMentions(readMembers({ entities: [mention('bot', '<at>bot</at>')] }), 'hello')).toEqual([
    { id: 'bot', name: 'bot', text: '<at>bot</at>' },
  ]);
});

it('leaves other entities and members of mentions that no field holds', () => {
  const activity = readMembers({
    entities: [{ type: 'clientInfo', locale: 'en' }, { type: 'mention', mentioned: { id: 'a', role: 'bot' } }, 7],
  });
  expect(takeMentions(activity, 'hello')).toEqual([{ id: 'a', name: null, text: null }]);
  expect(activity.rest()).toEqual({ entities: [{ type: 'clientInfo', locale: 'en' }, { mentioned: { role: 'bot' } }, 7] });
});

it('finds none where entities are no list', () => {
  expect(takeMentions(readMembers({ entities: 'none' }), 'hello')).toEqual([]);
});
