# The addon for node-gyp. Sources, standard and warnings are those of CMakeLists.txt: both files read
# native/sources.txt, and test/tidy compares what the two products export.
{
  'targets': [
    {
      'target_name': 'vswitch',
      'sources': [
        '<!@(sed -n "s|^\\([a-z].*\\.cpp\\)$|native/\\1|p" native/sources.txt)',
      ],
      'include_dirs': [
        'native',
      ],
      'defines': [
        'NAPI_VERSION=9',
        'NAPI_DISABLE_CPP_EXCEPTIONS',
      ],
      'cflags!': ['-O3', '-fno-omit-frame-pointer'],
      'cflags_cc!': ['-std=gnu++17', '-std=gnu++20', '-std=gnu++2a', '-std=gnu++14', '-O3'],
      'cflags': ['-O2', '-fPIC', '-pthread'],
      'cflags_cc': [
        '-std=c++20',
        '-Wall',
        '-Wextra',
        '-Wpedantic',
        '-Werror',
        '-fno-exceptions',
        '-fno-rtti',
        '-fvisibility=hidden',
        '-fvisibility-inlines-hidden',
        '-isystem<!(node -p "path.dirname(require.resolve(\'node-addon-api/package.json\'))")',
        '-isystem<(node_root_dir)/include/node',
      ],
      'ldflags': ['-pthread', '-Wl,--version-script=<(module_root_dir)/native/binding/exports.map'],
    },
  ],
}
