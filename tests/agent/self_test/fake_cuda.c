/* A driver without a GPU: memory is the host's, and the one kernel that is launched is the self-test's. FAKE_CUDA names
   what is broken: init, memory (a byte comes back wrong), address (two blocks are one), arithmetic. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1024ull * 1024)

static int broken(const char *what) {
    const char *named = getenv("FAKE_CUDA");
    return named != NULL && strcmp(named, what) == 0;
}

int cuInit(unsigned flags) { return broken("init") ? 304 : 0; }
int cuDeviceGet(int *device, int number) { *device = number; return number == 0 ? 0 : 101; }
int cuDevicePrimaryCtxRetain(void **context, int device) { *context = (void *)1; return 0; }
int cuCtxSetCurrent(void *context) { return context == NULL ? 201 : 0; }
int cuCtxSynchronize(void) { return 0; }
int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) { *free_bytes = 300 * MIB; *total = 1024 * MIB; return 0; }

int cuDeviceGetAttribute(int *value, int attribute, int device) {
    *value = attribute == 16 ? 2 : attribute == 75 ? 8 : attribute == 76 ? 6 : -1;
    return 0;
}

int cuMemAlloc_v2(uint64_t *address, size_t size) {
    *address = (uint64_t)(uintptr_t)malloc(size);
    return *address == 0 ? 2 : 0;
}

int cuMemFree_v2(uint64_t address) { free((void *)(uintptr_t)address); return 0; }

static uint64_t first_block;

int cuMemsetD32_v2(uint64_t address, unsigned word, size_t count) {
    static int filled;
    if (filled++ == 0) first_block = address;
    if (broken("address")) address = first_block;
    uint32_t *words = (uint32_t *)(uintptr_t)address;
    for (size_t i = 0; i < count; i++) words[i] = word;
    return 0;
}

int cuMemcpyDtoH_v2(void *to, uint64_t address, size_t size) {
    memcpy(to, (void *)(uintptr_t)address, size);
    if (broken("memory") && size > MIB) ((char *)to)[size - 5] ^= 1;
    return 0;
}

int cuModuleLoadData(void **module, const char *image) {
    *module = (void *)2;
    return strstr(image, ".visible .entry fma_rate") == NULL ? 218 : 0;
}

int cuModuleGetFunction(void **function, void *module, const char *name) {
    *function = (void *)3;
    return module == (void *)2 && strcmp(name, "fma_rate") == 0 ? 0 : 500;
}

int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **parameters, void **extra) {
    float *out = (float *)(uintptr_t) * (uint64_t *)parameters[0];
    float a = *(float *)parameters[1], b = *(float *)parameters[2];
    unsigned rounds = *(unsigned *)parameters[3];
    if (function != (void *)3 || gy * gz * by * bz != 1 || shared != 0 || stream != NULL || a != 1.0f) return 1;
    for (unsigned thread = 0; thread < gx * bx; thread++) {
        float sum = 0;
        for (unsigned chain = 0; chain < 8; chain++) sum += (float)(thread % 1024 + chain) + b * 16 * rounds;
        out[thread] = broken("arithmetic") && thread == 1000 ? sum + 1 : sum;
    }
    return 0;
}
