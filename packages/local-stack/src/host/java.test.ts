import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { findJava, inspectJava } from './java.ts';

/** A Java home as installers leave it; `saying` is what its command prints, for one without a release file. */
async function javaHome(parent: string, name: string, version: { release?: string; saying?: string }): Promise<string> {
  const home = join(parent, name);
  await mkdir(join(home, 'bin'), { recursive: true });
  if (version.release !== undefined) await writeFile(join(home, 'release'), `IMPLEMENTOR="x"\nJAVA_RUNTIME_VERSION="${version.release}"\n`);
  const command = join(home, 'bin', 'java');
  await writeFile(command, `#!/bin/sh\necho 'openjdk version "${version.saying ?? 'none'}"' >&2\n`);
  await chmod(command, 0o755);
  return home;
}

describe('finding Java', () => {
  it('takes JAVA_HOME first, then the PATH, whatever is newer elsewhere', async () => {
    const base = await testDirectory();
    const home = await javaHome(base, 'home', { release: '21.0.2+13' });
    const onPath = await javaHome(base, 'path', { release: '22.0.1+8' });
    await javaHome(join(base, 'jvm'), 'newest', { release: '25.0.3+9' });
    const directories = [join(base, 'jvm')];
    const path = `/nowhere:${join(onPath, 'bin')}`;
    expect(await findJava({ javaHome: home, path, directories })).toMatchObject({ home, major: 21, version: '21.0.2+13' });
    expect(await findJava({ path, directories })).toMatchObject({ home: onPath, major: 22 });
  });

  it('passes over a Java that is too old, for the newest of the usual directories', async () => {
    const base = await testDirectory();
    const old = await javaHome(base, 'old', { release: '17.0.15+6' });
    const jvm = join(base, 'jvm');
    await javaHome(jvm, 'a-21', { release: '21.0.2+13' });
    const newest = await javaHome(jvm, 'b-25', { release: '25.0.3+9-LTS' });
    await javaHome(jvm, 'c-8', { release: '1.8.0_392-b08' });
    const found = await findJava({ javaHome: old, path: join(old, 'bin'), directories: [jvm] });
    expect(found).toMatchObject({ home: newest, major: 25, version: '25.0.3+9-LTS' });
  });

  it('finds the layout of macOS and of Homebrew', async () => {
    const base = await testDirectory();
    const bundle = await javaHome(join(base, 'JavaVirtualMachines', 'temurin-21.jdk', 'Contents'), 'Home', { release: '21.0.2+13' });
    expect(await findJava({ path: '', directories: [join(base, 'JavaVirtualMachines')] })).toMatchObject({ home: bundle });
    const brewed = await javaHome(join(base, 'opt'), 'openjdk@21', { release: '21.0.4+7' });
    await javaHome(join(base, 'opt'), 'something-else', { release: '99.0.0' });
    expect(await findJava({ path: '', directories: [join(base, 'opt')] })).toMatchObject({ home: brewed });
  });

  it('follows links to the true home and asks the command where no file tells the version', async () => {
    const base = await testDirectory();
    const home = await javaHome(base, 'true-home', { saying: '23.0.1' });
    await mkdir(join(base, 'bin'));
    await symlink(join(home, 'bin', 'java'), join(base, 'bin', 'java'));
    expect(await findJava({ path: join(base, 'bin'), directories: [] })).toMatchObject({ home, major: 23 });
  });

  it('reads the versions of old and new schemes', async () => {
    const base = await testDirectory();
    const eight = await javaHome(base, 'eight', { saying: '1.8.0_392' });
    const early = await javaHome(base, 'early', { saying: '26-ea' });
    expect(await inspectJava(join(eight, 'bin', 'java'))).toMatchObject({ major: 8 });
    expect(await inspectJava(join(early, 'bin', 'java'))).toMatchObject({ major: 26 });
    expect(await inspectJava(join(base, 'none', 'bin', 'java'))).toBeUndefined();
  });

  it('says what is needed, what was found and what to install when there is none', async () => {
    const base = await testDirectory();
    const old = await javaHome(base, 'old', { release: '17.0.15+6' });
    const search = findJava({ javaHome: old, path: join(old, 'bin'), directories: [] });
    await expect(search).rejects.toMatchObject({ code: 'ERR_STACK_JAVA_MISSING' });
    await expect(search).rejects.toThrow(`need Java 21 or newer; found only 17.0.15+6 (${join(old, 'bin', 'java')})`);
    await expect(findJava({ path: '', directories: [] })).rejects.toThrow('none was found');
    await expect(findJava({ path: '', directories: [] })).rejects.toThrow('apt-get install openjdk-21-jre-headless');
  });
});
