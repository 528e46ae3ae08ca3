package io.thalweg.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InMemoryFileSystemTest {

    private static final Path DATA = Path.of("/data");
    private static final Path FILE = DATA.resolve("file");

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(DATA);

    @Test
    void whatWasForcedUnderASyncedNameSurvivesEveryCrash() throws IOException {
        byte[] bytes = random(20_000, 1);
        for (int seed = 0; seed < 200; seed++) {
            InMemoryFileSystem fresh = InMemoryFileSystem.with(DATA);
            try (FileHandle file = fresh.openForWrite(FILE)) {
                file.write(ByteBuffer.wrap(bytes), 100);
                file.force(false);
                fresh.syncDirectory(DATA);
                file.write(ByteBuffer.wrap(random(9_000, 2)), 20_100);
            }
            fresh.crash(seed);
            assertThat(fresh.size(FILE)).isBetween(20_100L, 29_100L);
            assertThat(Arrays.copyOfRange(content(fresh, FILE), 100, 20_100)).isEqualTo(bytes);
        }
    }

    @Test
    void unforcedWritesSurviveWhollyPartlyTornOrNotAtAll() throws IOException {
        byte[] before = filled(40_960, 1);
        byte[] after = filled(40_960, 2);
        Set<String> outcomes = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            InMemoryFileSystem fresh = InMemoryFileSystem.with(DATA);
            try (FileHandle file = fresh.openForWrite(FILE)) {
                file.write(ByteBuffer.wrap(before), 0);
            }
            fresh.syncAll();
            try (FileHandle file = fresh.openForWrite(FILE)) {
                file.write(ByteBuffer.wrap(after), 0);
            }
            fresh.crash(seed);
            byte[] found = content(fresh, FILE);
            assertThat(found).hasSize(before.length);
            boolean torn = false;
            for (int sector = 0; sector < found.length; sector += MemoryContent.SECTOR_BYTES) {
                byte[] bytes = Arrays.copyOfRange(found, sector, sector + MemoryContent.SECTOR_BYTES);
                assertThat(bytes).containsOnly(bytes[0]);
                torn |= sector % MemoryContent.PAGE_BYTES != 0 && found[sector] != found[sector - 1];
            }
            outcomes.add(
                    Arrays.equals(found, before)
                            ? "none"
                            : Arrays.equals(found, after) ? "all" : torn ? "torn" : "some");
        }
        assertThat(outcomes).contains("none", "all", "torn", "some");
    }

    @Test
    void namesThatWereNotSyncedMayVanishAndReappear() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            InMemoryFileSystem fresh = InMemoryFileSystem.with(DATA);
            write(fresh, DATA.resolve("old"), filled(10, 1));
            fresh.syncAll();
            write(fresh, DATA.resolve("new"), filled(10, 2));
            fresh.rename(DATA.resolve("new"), DATA.resolve("moved"));
            fresh.delete(DATA.resolve("old"));
            fresh.crash(seed);
            outcomes.add(fresh.list(DATA).toString());
        }
        assertThat(outcomes).contains("[moved]", "[old]", "[new, old]", "[moved, old]");
    }

    @Test
    void aRenameIsAtomic() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            InMemoryFileSystem fresh = InMemoryFileSystem.with(DATA);
            write(fresh, DATA.resolve("a"), filled(10, 1));
            write(fresh, DATA.resolve("b"), filled(10, 2));
            fresh.syncAll();
            fresh.rename(DATA.resolve("a"), DATA.resolve("b"));
            fresh.crash(seed);
            assertThat(fresh.list(DATA)).isIn(List.of("a", "b"), List.of("b"));
            assertThat(content(fresh, DATA.resolve("b"))[0])
                    .isEqualTo((byte) (fresh.list(DATA).size() == 1 ? 1 : 2));
        }
    }

    @Test
    void aKilledProcessLosesItsHandlesAndLocksAndNoByte() throws Exception {
        FileHandle file = disk.openForWrite(FILE);
        file.write(ByteBuffer.wrap(filled(100, 3)), 0);
        disk.lock(DATA.resolve(".lock"));
        assertThatThrownBy(() -> disk.lock(DATA.resolve(".lock"))).hasMessageContaining(".lock");

        disk.killProcess();

        assertThat(content(disk, FILE)).isEqualTo(filled(100, 3));
        assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
        disk.lock(DATA.resolve(".lock")).close();
        disk.lock(DATA.resolve(".lock")).close();
    }

    @Test
    void aFailedForceIsNotMendedByALaterOne() throws IOException {
        try (FileHandle file = disk.openForWrite(FILE)) {
            file.write(ByteBuffer.wrap(filled(4096, 1)), 0);
            disk.syncAll();
            file.write(ByteBuffer.wrap(filled(4096, 2)), 0);
            disk.failNextForce();
            assertThatThrownBy(() -> file.force(false)).isInstanceOf(IOException.class);
            file.force(false);
        }
        assertThat(content(disk, FILE)[0]).isEqualTo((byte) 2);
        disk.crash(seedThatKeepsNothing());
        assertThat(content(disk, FILE)[0]).isEqualTo((byte) 1);
    }

    @Test
    void aFullDiskTakesWhatFitsAndRecoversWhenSpaceIsFreed() throws IOException {
        write(disk, DATA.resolve("other"), filled(600, 1));
        disk.setCapacity(1000);
        try (FileHandle file = disk.openForWrite(FILE)) {
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(500), 0)).hasMessageContaining("No space left");
            assertThat(file.size()).isEqualTo(400);
            assertThat(disk.usableBytes(DATA)).isZero();
            file.write(ByteBuffer.allocate(400), 0);
            assertThatThrownBy(() -> file.preallocate(401)).hasMessageContaining("No space left");
            disk.delete(DATA.resolve("other"));
            file.write(ByteBuffer.allocate(600), 400);
        }
        assertThat(disk.usedBytes()).isEqualTo(1000);
    }

    @Test
    void writesAndReadsFailWhenAsked() throws IOException {
        try (FileHandle file = disk.openForWrite(FILE)) {
            disk.failNextWrite();
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(100), 0)).isInstanceOf(IOException.class);
            assertThat(file.size()).isEqualTo(50);
            disk.failReads(FILE);
            assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aFlippedBitIsThereForGood() throws IOException {
        write(disk, FILE, filled(100, 0));
        disk.syncAll();
        disk.flipBit(FILE, 8 * 70 + 3);
        disk.crash(seedThatKeepsNothing());
        byte[] expected = filled(100, 0);
        expected[70] = 8;
        assertThat(content(disk, FILE)).isEqualTo(expected);
    }

    @Test
    void thePowerGoesAtTheChosenOperation() throws IOException {
        FileHandle file = disk.openForWrite(FILE);
        disk.powerOffAfter(2);
        file.write(ByteBuffer.allocate(1), 0);
        file.force(false);
        assertThat(disk.poweredOff()).isTrue();
        assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0)).hasMessageContaining("power");
        assertThatThrownBy(() -> disk.list(DATA)).hasMessageContaining("power");
        disk.crash(1);
        assertThat(disk.exists(DATA)).isTrue();
    }

    @Test
    void anOpenFileOutlivesItsName() throws IOException {
        write(disk, FILE, filled(10, 7));
        try (FileHandle file = disk.openForRead(FILE)) {
            disk.delete(FILE);
            ByteBuffer read = ByteBuffer.allocate(20);
            assertThat(file.read(read, 0)).isEqualTo(10);
        }
        assertThatThrownBy(() -> disk.openForRead(FILE)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void directoriesBehaveAsOnAMachine() throws IOException {
        disk.createDirectories(DATA.resolve("a/b"));
        write(disk, DATA.resolve("a/b/c"), filled(1, 1));
        assertThatThrownBy(() -> disk.delete(DATA.resolve("a/b"))).isInstanceOf(DirectoryNotEmptyException.class);
        disk.rename(DATA.resolve("a/b"), DATA.resolve("d"));
        assertThat(disk.list(DATA)).containsExactly("a", "d");
        assertThat(disk.list(DATA.resolve("d"))).containsExactly("c");
        assertThatThrownBy(() -> disk.openForWrite(DATA.resolve("no/file"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.list(DATA.resolve("no"))).isInstanceOf(NoSuchFileException.class);
        disk.delete(DATA.resolve("nothing"));
    }

    @Seeds(count = 20)
    void readsAndWritesAsTheMachinesFileSystemDoes(long seed, @TempDir Path directory) throws IOException {
        Random random = new Random(seed);
        FileSystem real = FileSystem.system();
        Path realFile = directory.resolve("file");
        List<FileHandle> handles = new ArrayList<>(List.of(disk.openForWrite(FILE), real.openForWrite(realFile)));
        for (int step = 0; step < 200; step++) {
            long position = random.nextInt(30_000);
            byte[] bytes = random(random.nextInt(10_000), random.nextLong());
            int kind = random.nextInt(10);
            List<String> results = new ArrayList<>();
            for (FileHandle handle : handles) {
                switch (kind) {
                    case 0 -> handle.truncate(position);
                    case 1 -> handle.preallocate(position);
                    case 2 -> handle.force(false);
                    case 3, 4, 5, 6 -> {
                        ByteBuffer target = ByteBuffer.allocate(bytes.length);
                        int read = handle.read(target, position);
                        results.add(read + Arrays.toString(target.array()));
                    }
                    case 7 ->
                        handle.write(
                                new ByteBuffer[] {ByteBuffer.wrap(bytes), ByteBuffer.wrap(bytes, 0, bytes.length / 3)},
                                position);
                    default -> handle.write(ByteBuffer.wrap(bytes), position);
                }
                results.add("" + handle.size());
            }
            assertThat(new HashSet<>(results.subList(0, results.size() / 2)))
                    .isEqualTo(new HashSet<>(results.subList(results.size() / 2, results.size())));
        }
        for (FileHandle handle : handles) {
            handle.close();
        }
    }

    /** A seed whose crash drops everything that can be dropped. */
    private static long seedThatKeepsNothing() {
        long seed = 0;
        while (new Random(seed).nextInt(4) != 0) {
            seed++;
        }
        return seed;
    }

    private static void write(FileSystem disk, Path path, byte[] bytes) throws IOException {
        try (FileHandle file = disk.openForWrite(path)) {
            file.write(ByteBuffer.wrap(bytes), 0);
        }
    }

    private static byte[] content(FileSystem disk, Path path) throws IOException {
        try (FileHandle file = disk.openForRead(path)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
