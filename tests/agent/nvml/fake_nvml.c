/* Answers as NVIDIA's NVML does. What it tells, and which calls fail or hang, stands in a file that the test maps too
   (fake_nvml.py has the same structures); what is set through it stands there afterwards. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef FILE_VERSION
#define FILE_VERSION "570.86"
#endif
#define EXPORT __attribute__((visibility("default")))
#define GPUS 4
#define PROCESSES 8
#define FANS 2

enum { OK = 0, UNINITIALIZED = 1, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, MISMATCH = 18, UNKNOWN = 999 };

typedef struct { unsigned pid, draws; unsigned long long memory; } process_t;
typedef struct { unsigned manual, target, sets, restores; } fan_t;
typedef struct {
    char uuid[96], name[96], bus_id[32];
    unsigned long long total, used, millijoules;
    unsigned minor, temperature, milliwatts, utilization, fan_percent, mig;
    unsigned limit, limit_least, limit_most, limit_sets, fan_count, fan_slowest, fan_fastest;
    int fault, handle_fault, energy_fault, set_fault, telemetry_fault;
    unsigned process_count;
    process_t processes[PROCESSES];
    fan_t fans[FANS];
} gpu_t;
typedef struct {
    char kernel_version[80];
    int init_fault;
    unsigned hangs, generation, gpu_count, inits, shutdowns, calls;
    unsigned order[GPUS];
    gpu_t gpus[GPUS];
} world_t;

static world_t *world;
static unsigned opened, generation;

static int enter(void) {
    if (world == NULL) return UNINITIALIZED;
    world->calls++;
    while (world->hangs) usleep(1000);
    return opened && generation == world->generation ? OK : UNINITIALIZED;
}

/* A handle is a GPU's place in the file, and the run of the driver that gave it. */
static int gpu_of(void *handle, gpu_t **gpu) {
    int error = enter();
    unsigned long number = (unsigned long)handle;
    if (error) return error;
    if (number >> 8 != generation + 1UL || (number & 0xff) >= GPUS) return INVALID;
    *gpu = &world->gpus[number & 0xff];
    return (*gpu)->fault;
}
static int give(unsigned place, void **handle) {
    if (world->gpus[place].handle_fault) return world->gpus[place].handle_fault;
    *handle = (void *)(((unsigned long)generation + 1) << 8 | place);
    return OK;
}
static int text(const char *from, char *to, unsigned room) {
    if (strlen(from) >= room) return TOO_SMALL;
    strcpy(to, from);
    return OK;
}

EXPORT int nvmlInitWithFlags(unsigned flags) {
    if (world == NULL) {
        const char *path = getenv("FAKE_NVML");
        int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
        if (file < 0) return UNKNOWN;
        void *mapped = mmap(NULL, sizeof *world, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        close(file);
        if (mapped == MAP_FAILED) return UNKNOWN;
        world = mapped;
    }
    world->inits++;
    while (world->hangs) usleep(1000);
    if (world->init_fault) return world->init_fault;
    if (strcmp(world->kernel_version, FILE_VERSION) != 0) return MISMATCH;
    generation = world->generation;
    opened++;
    return OK;
}
EXPORT int nvmlShutdown(void) {
    if (!opened) return UNINITIALIZED;
    world->shutdowns++;
    opened--;
    return OK;
}
EXPORT const char *nvmlErrorString(int error) { return error == OK ? "Success" : "An error of the fake NVML"; }
EXPORT int nvmlSystemGetDriverVersion(char *to, unsigned room) {
    int error = enter();
    return error ? error : text(FILE_VERSION, to, room);
}
EXPORT int nvmlDeviceGetCount_v2(unsigned *count) {
    int error = enter();
    if (!error) *count = world->gpu_count;
    return error;
}
EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
    int error = enter();
    if (error) return error;
    return index < world->gpu_count ? give(world->order[index], handle) : INVALID;
}
EXPORT int nvmlDeviceGetHandleByUUID(const char *uuid, void **handle) {
    int error = enter();
    for (unsigned index = 0; !error && index < world->gpu_count; index++)
        if (strcmp(world->gpus[world->order[index]].uuid, uuid) == 0) return give(world->order[index], handle);
    return error ? error : NOT_FOUND;
}

#define OF_GPU gpu_t *gpu; int error = gpu_of(handle, &gpu); if (error) return error;
#define TOLD if (gpu->telemetry_fault) return gpu->telemetry_fault;
#define SETTABLE if (gpu->set_fault) return gpu->set_fault;
#define OF_FAN OF_GPU if (fan >= gpu->fan_count) return INVALID;
#define TELLS(name, type, field) EXPORT int name(void *handle, type *to) { OF_GPU TOLD *to = gpu->field; return OK; }

EXPORT int nvmlDeviceGetUUID(void *handle, char *to, unsigned room) { OF_GPU return text(gpu->uuid, to, room); }
EXPORT int nvmlDeviceGetName(void *handle, char *to, unsigned room) { OF_GPU return text(gpu->name, to, room); }
EXPORT int nvmlDeviceGetMinorNumber(void *handle, unsigned *minor) { OF_GPU *minor = gpu->minor; return OK; }
EXPORT int nvmlDeviceGetMemoryInfo(void *handle, unsigned long long *to) {
    OF_GPU
    to[0] = gpu->total, to[1] = gpu->total - gpu->used, to[2] = gpu->used;
    return OK;
}
EXPORT int nvmlDeviceGetPciInfo_v3(void *handle, char *to) {
    OF_GPU
    memset(to, 0, 68);
    strcpy(to + 36, gpu->bus_id);
    return OK;
}
TELLS(nvmlDeviceGetPowerUsage, unsigned, milliwatts)
TELLS(nvmlDeviceGetFanSpeed, unsigned, fan_percent)
EXPORT int nvmlDeviceGetTemperature(void *handle, unsigned sensor, unsigned *to) {
    OF_GPU TOLD *to = gpu->temperature;
    return OK;
}
EXPORT int nvmlDeviceGetUtilizationRates(void *handle, unsigned *to) {
    OF_GPU TOLD to[0] = gpu->utilization, to[1] = 0;
    return OK;
}
EXPORT int nvmlDeviceGetTotalEnergyConsumption(void *handle, unsigned long long *to) {
    OF_GPU
    if (gpu->energy_fault) return gpu->energy_fault;
    *to = gpu->millijoules;
    return OK;
}
EXPORT int nvmlDeviceGetMigMode(void *handle, unsigned *now, unsigned *next) {
    OF_GPU
    if (gpu->mig == 2) return NOT_SUPPORTED;
    *now = *next = gpu->mig;
    return OK;
}

typedef struct { unsigned pid; unsigned long long memory; unsigned gpu_instance, compute_instance; } told_process_t;
static int processes(void *handle, unsigned draws, unsigned *count, told_process_t *to) {
    OF_GPU
    unsigned found = 0, room = to == NULL ? 0 : *count;
    for (unsigned number = 0; number < gpu->process_count; number++) {
        if (gpu->processes[number].draws != draws) continue;
        if (found < room) {
            told_process_t told = {gpu->processes[number].pid, gpu->processes[number].memory, ~0u, ~0u};
            to[found] = told;
        }
        found++;
    }
    *count = found;
    return found > room ? TOO_SMALL : OK;
}
EXPORT int nvmlDeviceGetComputeRunningProcesses_v3(void *handle, unsigned *count, told_process_t *to) {
    return processes(handle, 0, count, to);
}
EXPORT int nvmlDeviceGetGraphicsRunningProcesses_v3(void *handle, unsigned *count, told_process_t *to) {
    return processes(handle, 1, count, to);
}

TELLS(nvmlDeviceGetPowerManagementLimit, unsigned, limit)
EXPORT int nvmlDeviceGetPowerManagementLimitConstraints(void *handle, unsigned *least, unsigned *most) {
    OF_GPU *least = gpu->limit_least, *most = gpu->limit_most;
    return OK;
}
EXPORT int nvmlDeviceSetPowerManagementLimit(void *handle, unsigned limit) {
    OF_GPU SETTABLE
    if (limit < gpu->limit_least || limit > gpu->limit_most) return INVALID;
    gpu->limit = limit;
    gpu->limit_sets++;
    return OK;
}
EXPORT int nvmlDeviceGetNumFans(void *handle, unsigned *to) { OF_GPU *to = gpu->fan_count; return OK; }
EXPORT int nvmlDeviceGetMinMaxFanSpeed(void *handle, unsigned *least, unsigned *most) {
    OF_GPU *least = gpu->fan_slowest, *most = gpu->fan_fastest;
    return OK;
}
EXPORT int nvmlDeviceGetFanControlPolicy_v2(void *handle, unsigned fan, unsigned *to) {
    OF_FAN *to = gpu->fans[fan].manual;
    return OK;
}
EXPORT int nvmlDeviceGetTargetFanSpeed(void *handle, unsigned fan, unsigned *to) {
    OF_FAN *to = gpu->fans[fan].target;
    return OK;
}
EXPORT int nvmlDeviceSetFanSpeed_v2(void *handle, unsigned fan, unsigned speed) {
    OF_FAN SETTABLE
    if (speed < gpu->fan_slowest || speed > gpu->fan_fastest) return INVALID;
    gpu->fans[fan].manual = 1;
    gpu->fans[fan].target = speed;
    gpu->fans[fan].sets++;
    return OK;
}
EXPORT int nvmlDeviceSetDefaultFanSpeed_v2(void *handle, unsigned fan) {
    OF_FAN SETTABLE
    gpu->fans[fan].manual = 0;
    gpu->fans[fan].restores++;
    return OK;
}
